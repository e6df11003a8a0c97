// Fails when proto/ breaks what callers were promised, by buf's rules in buf.yaml.
//
// What was promised is what others may have built on: the last release (tag v*), and what the team shares
// (origin/main). On origin/main itself, and in a clone without a remote, the commit before this one stands for it, so
// that the commit which breaks something is the one that fails. A clone that has only one commit compares its working
// tree with that.
//
// What was released stays. What is only shared may be broken on purpose, by a commit that says so in a line that begins
// with `BREAKING CHANGE:` and tells callers what to do.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const env = { ...process.env, PATH: `${resolve("node_modules/.bin")}${delimiter}${process.env.PATH}` };

const head = commitOf("HEAD");
if (head === undefined) {
  console.error("check-breaking: this is no git checkout, so there is nothing to compare proto/ with");
  process.exitCode = process.env.CI ? 1 : 0;
} else {
  for (const base of bases(head)) compareWith(base);
}

function bases(head) {
  const release = git("describe", "--tags", "--abbrev=0", "--match", "v*");
  const shared = commitOf("origin/main");
  const candidates = [
    release === undefined ? undefined : { name: release, commit: commitOf(release), released: true },
    shared === undefined || shared === head
      ? { name: "the commit before", commit: commitOf("HEAD~1") }
      : { name: "origin/main", commit: shared },
  ].filter((base) => base?.commit !== undefined && git("cat-file", "-e", `${base.commit}:proto`) !== undefined);
  return candidates.length > 0 ? candidates : [{ name: "the only commit", commit: head }];
}

function compareWith({ name, commit, released = false }) {
  const folder = mkdtempSync(join(tmpdir(), "cinedeepmatch-proto-"));
  try {
    unpackProto(commit, folder);
    const { status, error } = spawnSync("buf", ["breaking", "--against", folder], { env, stdio: "inherit" });
    if (error) throw error;
    const reason = status === 0 || released ? undefined : breakingReason(commit);
    const verdict = status === 0 ? "nothing broken since" : reason ? "broken on purpose since" : "broken since";
    console.error(`check-breaking: ${verdict} ${name} (${commit.slice(0, 9)})${reason ? `: ${reason}` : ""}`);
    if (status !== 0 && reason === undefined) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An archive and not buf's own `.git#ref=`, which knows neither worktrees nor shallow clones. */
function unpackProto(commit, folder) {
  const paths = ["buf.yaml", "proto", "third_party/proto"];
  const archive = spawnSync("git", ["archive", commit, ...paths], { maxBuffer: 64 * 1024 * 1024 });
  const unpacked = spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout });
  if (archive.status !== 0 || unpacked.status !== 0) throw new Error(`cannot read proto/ of ${commit}`);
}

function breakingReason(since) {
  return /^BREAKING CHANGE: *(\S.*)$/m.exec(git("log", "--format=%B", `${since}..HEAD`) ?? "")?.[1];
}

function commitOf(ref) {
  return git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
}

/** What git answers; undefined where it fails. */
function git(...args) {
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
