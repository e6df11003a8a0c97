import { describeTenants } from "./tenants.suite.js";

describeTenants("the embedded default", {});

const url = process.env.TEST_REDIS_URL;
if (url !== undefined) describeTenants("a Redis queue", { env: { REDIS_URL: url } });
