import type { DescMessage, Message } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { ErrorReason } from "@cinedeepmatch/contract";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { type FieldViolation, ServiceError } from "../matching/service-error.js";
import { REQUEST_ID } from "./call-context.js";
import { convertError, isFault } from "./convert-error.js";

/** Where faults of the server are logged: once, here. */
export interface BorderLog {
  error(fields: object, message: string): void;
}

/**
 * The border between calls and handlers: checks every request message against the rules in its proto, and turns
 * whatever a handler throws into a Connect error with its reason.
 */
export function createBorderInterceptor(log: BorderLog): Interceptor {
  const validator = createValidator();
  return (next) => async (request) => {
    const requestId = request.contextValues.get(REQUEST_ID);
    const convert = (error: unknown): ConnectError => {
      const converted = convertError(isLate(request.signal) ? deadlinePassed() : error, requestId);
      if (isFault(converted)) log.error({ requestId, method: request.method.name, err: error }, "call failed");
      return converted;
    };
    try {
      const { input } = request.method;
      if (!request.stream) check(validator, input, request.message);
      const checked = request.stream ? { ...request, message: checkEach(validator, input, request.message) } : request;
      const response = await next(checked);
      return response.stream ? { ...response, message: convertErrors(response.message, convert) } : response;
    } catch (error) {
      throw convert(error);
    }
  };
}

/** Whether the call's deadline ended it: whatever the handler then throws is only the echo of that. */
function isLate({ reason }: AbortSignal): boolean {
  return reason instanceof ConnectError && reason.code === Code.DeadlineExceeded;
}

function deadlinePassed(): ServiceError {
  return new ServiceError(ErrorReason.DEADLINE_EXCEEDED, "The deadline passed before the answer was ready.");
}

/** FIELD_INVALID naming each field of the message that breaks a rule. */
export function check(validator: Validator, desc: DescMessage, message: Message): void {
  const violations = findViolations(validator, desc, message);
  const [first] = violations;
  if (first === undefined) return;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  const text = `${first.field === "" ? "" : `${first.field}: `}${first.description}${more}`;
  throw new ServiceError(ErrorReason.FIELD_INVALID, text, { violations });
}

/** The fields of a message that break a rule. */
export function findViolations(validator: Validator, desc: DescMessage, message: Message): FieldViolation[] {
  const result = validator.validate(desc, message);
  if (result.kind === "valid") return [];
  if (result.kind === "error") throw result.error;
  return result.violations.map((violation) => ({
    field: pathToString(violation.field),
    description: violation.message,
  }));
}

async function* checkEach<T extends Message>(validator: Validator, desc: DescMessage, messages: AsyncIterable<T>) {
  for await (const message of messages) {
    check(validator, desc, message);
    yield message;
  }
}

async function* convertErrors<T>(messages: AsyncIterable<T>, convert: (error: unknown) => ConnectError) {
  try {
    yield* messages;
  } catch (error) {
    throw convert(error);
  }
}
