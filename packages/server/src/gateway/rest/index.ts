export { publicServices } from "./rest-services.js";
export { serveReference } from "./serve-reference.js";
export { isRestPath, sendRestFailure, serveRest } from "./serve-rest.js";
export { timeoutHeader } from "./timeout-header.js";
