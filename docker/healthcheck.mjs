// The image's health check: asks the role that runs here whether it can do its work, or for another path given as the
// argument. The gateway answers on its own port; a gRPC server and a worker on their operations port. A container that runs
// all roles is asked at its gateway, which asks the others.

// biome-ignore lint/style/noProcessEnv: a program of its own, which must not load the server to learn two ports
const { HOST, GATEWAY_PORT, OPS_PORT } = process.env;
const path = process.argv[2] ?? "/readyz";
const host = !HOST || HOST === "0.0.0.0" ? "127.0.0.1" : HOST;

for (const port of [GATEWAY_PORT || 8080, OPS_PORT || 9091]) {
  try {
    const { status } = await fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(4_000) });
    process.stdout.write(`port ${port} answers ${status}\n`);
    process.exit(status === 200 ? 0 : 1);
  } catch (error) {
    process.stdout.write(`port ${port}: ${error.cause?.code ?? error.name}\n`);
    // Nobody listens: another role runs here. Whoever listens and does not answer is ill.
    if (error.cause?.code !== "ECONNREFUSED") process.exit(1);
  }
}
process.exit(1);
