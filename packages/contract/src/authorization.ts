// Who may call which method, as options of the methods; read by servers.
export * from "./gen/cinedeepmatch/v1/authorization_pb.js";
