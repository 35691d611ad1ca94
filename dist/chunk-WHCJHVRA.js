import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DispatchError,
  toDispatchError
} from "./chunk-7AVBNTXI.js";

// src/early-end.ts
import { once } from "node:events";
var hurryAfterMs = 5e3;
var exitAfterMs = 7e3;
function watchForEnd(giveUp) {
  const end = new AbortController();
  const hurry = new AbortController();
  const begin = (reason) => {
    process.exitCode = 1;
    if (end.signal.aborted) return hurry.abort();
    setTimeout(() => hurry.abort(), hurryAfterMs).unref();
    setTimeout(giveUp, exitAfterMs).unref();
    end.abort(reason);
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, () => begin(new DispatchError("cancelled", `ended by ${name}`)));
  }
  process.on("uncaughtException", (thrown) => {
    begin(toDispatchError(thrown, "local", { hint: "This is a fault of nix-dispatch: please report it." }));
  });
  return { signal: end.signal, hurry: hurry.signal };
}
function faultOf({ signal }) {
  const reason = signal.reason;
  return reason instanceof DispatchError && reason.code !== "cancelled" ? reason : void 0;
}
async function unlessAborted(signal, work, instead) {
  const aborted = signal.aborted ? Promise.resolve() : once(signal, "abort");
  return Promise.race([work, aborted.then(() => instead)]);
}
function leaveSoon() {
  setTimeout(leave, 50).unref();
}
function leave() {
  process.stdout.write("", () => process.exit());
}

export {
  watchForEnd,
  faultOf,
  unlessAborted,
  leaveSoon,
  leave
};
