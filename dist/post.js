import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/post.ts
import { randomBytes } from "node:crypto";
var control = process.env["STATE_control"] ?? "";
if (control !== "") await finish();
async function finish() {
  const [
    { createRunner },
    { finishSetup },
    { watchForEnd, leave, leaveSoon },
    { describeError, toDispatchError }
  ] = await Promise.all([
    import("./chunk-IUD7WMTD.js"),
    import("./chunk-NTEUUXVX.js"),
    import("./chunk-P5ENGKWD.js"),
    import("./chunk-EOO5DBTB.js")
  ]);
  const runner = createRunner(process.env);
  const end = watchForEnd(leave);
  try {
    await finishSetup(control, {
      runner,
      environment: process.env,
      token: randomBytes(16).toString("hex"),
      hurry: end.hurry
    });
  } catch (thrown) {
    const message = describeError(toDispatchError(thrown, "local"));
    runner.annotate({ level: "warning", title: "nix-dispatch", message });
  }
  leaveSoon();
}
