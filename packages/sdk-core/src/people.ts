import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type GetPersonRequestSchema,
  type ListPeopleRequestSchema,
  type ListPeopleResponse,
  type ListPersonCreditsRequestSchema,
  type ListPersonCreditsResponse,
  type Person,
  type PersonCredit,
  PersonService,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import type { Caller } from "./caller.js";
import type { Page } from "./page.js";

/** Reads the people credited in movies. */
export interface PeopleClient {
  /** Returns a person. Rejects with `PERSON_NOT_FOUND`. */
  get(request: MessageInitShape<typeof GetPersonRequestSchema>, options?: CallOptions): Promise<Person>;

  /** Lists people, those with the most credits first. */
  list(
    request?: MessageInitShape<typeof ListPeopleRequestSchema>,
    options?: CallOptions,
  ): Page<ListPeopleResponse, Person>;

  /** Lists a person's credits, newest movie first. */
  listCredits(
    request: MessageInitShape<typeof ListPersonCreditsRequestSchema>,
    options?: CallOptions,
  ): Page<ListPersonCreditsResponse, PersonCredit>;
}

/** Makes the calls of PersonService. */
export function peopleClient(caller: Caller): PeopleClient {
  const rpc = PersonService.method;
  return {
    get: (request, options) => caller.unary(rpc.getPerson, request, options),
    list: (request = {}, options) => caller.page(rpc.listPeople, request, ({ people }) => people, options),
    listCredits: (request, options) => caller.page(rpc.listPersonCredits, request, ({ credits }) => credits, options),
  };
}
