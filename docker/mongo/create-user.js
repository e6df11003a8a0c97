// Runs in mongosh when the MongoDB of compose.yaml starts for the first time: a user for the server that is not root.
// dbAdmin, because the server keeps the rules that documents are checked by (collMod).
const password = require("node:fs").readFileSync("/run/secrets/mongo_password", "utf8").trim();
db.getSiblingDB("cinedeepmatch").createUser({
  user: "cinedeepmatch",
  pwd: password,
  roles: [
    { role: "readWrite", db: "cinedeepmatch" },
    { role: "dbAdmin", db: "cinedeepmatch" },
  ],
});
