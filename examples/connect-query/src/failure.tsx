import { CineDeepMatchError } from "@cinedeepmatch/sdk-web";

/** Says what went wrong. connect-query calls it a ConnectError; what the SDK's transport throws is its own error. */
export function Failure({ error }: { error: Error }) {
  const { message, reason, code } = CineDeepMatchError.from(error);
  return (
    <p role="alert">
      {message} ({reason ?? code})
    </p>
  );
}
