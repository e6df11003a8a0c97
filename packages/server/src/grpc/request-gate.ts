import { randomUUID } from "node:crypto";
import { getOption, hasOption } from "@bufbuild/protobuf";
import { AuthError, type Claims, hasScope, type TokenVerifier } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { type AuthorizationRule, authorization, TokenAudience } from "@cinedeepmatch/contract/authorization";
import { health, reflection } from "@cinedeepmatch/contract/grpc";
import type { HandlerContext } from "@connectrpc/connect";
import { fieldInvalid, ServiceError } from "../matching/service-error.js";
import { amendErrors } from "./amend-errors.js";
import type { BorderLog } from "./border-interceptor.js";
import { CLAIMS, REQUEST_ID } from "./call-context.js";
import { convertError } from "./convert-error.js";
import type { CallLimiter } from "./limit-calls.js";
import { tokenRejected } from "./token-rejected.js";

/** Verifies the tokens of each audience. */
export interface Verifiers {
  readonly client: TokenVerifier;
  readonly model: TokenVerifier;
}

/** What a gate logs refused tokens to. The reason goes here and never to the caller; the token goes nowhere. */
export interface GateLog {
  info(fields: object, message: string): void;
}

type Method = HandlerContext["method"];

/**
 * Lets a call in or ends it before its body is read: names the call, verifies the token and compares its scopes with
 * the method's rule, which stands in the proto.
 */
export function createRequestGate(verifiers: Verifiers, log: GateLog & BorderLog, limiter: CallLimiter) {
  return async (context: HandlerContext): Promise<void> => {
    const requestId = acceptRequestId(context.requestHeader.get("x-request-id"));
    context.values.set(REQUEST_ID, requestId);
    context.responseHeader.set("x-request-id", requestId);
    amendErrors(context, requestId, log);
    try {
      await limiter.admitAddress(context);
      const rule = ruleOf(context.method);
      if (rule.public) return await admitWithoutToken(limiter, context);
      const claims = await verifyCall(verifiers, context).catch(async (error: unknown) => {
        if (!(error instanceof AuthError)) throw error;
        log.info({ requestId, method: context.method.name, code: error.code }, "token refused");
        await limiter.countRefusal(context);
        throw tokenRejected();
      });
      await limiter.admitCaller(context, claims);
      authorize(rule, claims);
      context.values.set(CLAIMS, claims);
      refuseMalformedQuery(context);
    } catch (error) {
      throw convertError(error, requestId);
    }
  };
}

/** The claims of a call's token. Rejects with an AuthError. */
export function verifyCall(
  verifiers: Verifiers,
  { method, requestHeader }: Pick<HandlerContext, "method" | "requestHeader">,
): Promise<Claims> {
  const verifier = ruleOf(method).audience === TokenAudience.MODEL ? verifiers.model : verifiers.client;
  return verifier.verify(bearerToken(requestHeader));
}

/** Health checks come from whoever watches the server, as often as they like. */
async function admitWithoutToken(limiter: CallLimiter, context: HandlerContext): Promise<void> {
  if (context.method.parent.typeName !== health.Health.typeName) await limiter.admitWithoutToken(context);
}

/** Connect reads a message that comes in the query without expecting that it is not Base64. */
function refuseMalformedQuery({ requestMethod, url }: HandlerContext): void {
  if (requestMethod !== "GET") return;
  const { searchParams } = new URL(url);
  const message = searchParams.get("message") ?? "";
  if (searchParams.get("base64") !== "1" || /^[A-Za-z0-9+/_-]*={0,2}$/.test(message)) return;
  throw fieldInvalid("message", "is not Base64");
}

/** The rule of a method. The standard gRPC services carry none of their own. */
export function ruleOf(method: Method): Pick<AuthorizationRule, "scope" | "audience" | "public" | "userBound"> {
  if (hasOption(method, authorization)) return getOption(method, authorization);
  const base = { scope: "", audience: TokenAudience.CLIENT, userBound: false };
  if (method.parent.typeName === health.Health.typeName) return { ...base, public: true };
  if (method.parent.typeName === reflection.ServerReflection.typeName) return { ...base, public: false };
  throw new Error(`${method.parent.typeName}.${method.name} has no authorization rule`);
}

function authorize(rule: ReturnType<typeof ruleOf>, claims: Claims): void {
  if (rule.scope !== "" && !hasScope(claims, rule.scope)) throw scopeMissing(rule.scope);
  // A token bound to a user never acts beyond that user, whatever its scopes say.
  if (claims.userId !== undefined && rule.scope !== "" && !rule.userBound) throw scopeMissing(rule.scope);
}

function bearerToken(header: Headers): string | undefined {
  const value = header.get("authorization");
  return value !== null && /^bearer /i.test(value) ? value.slice("bearer ".length).trim() : undefined;
}

function scopeMissing(scope: string): ServiceError {
  return new ServiceError(ErrorReason.SCOPE_MISSING, `The token lacks the scope "${scope}".`, { metadata: { scope } });
}

function acceptRequestId(given: string | null): string {
  return given !== null && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}
