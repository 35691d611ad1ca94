import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  DispatchError
} from "./chunk-7AVBNTXI.js";

// src/builders/fell-silent.ts
var FellSilent = class extends DispatchError {
  /** Since it was last heard of. */
  silentMs;
  /** @param name of the builder, as its machine line has it */
  constructor(host, name, silentMs) {
    super("connection-lost", `${host} sent nothing for ${Math.round(silentMs / 1e3)} s`, {
      host: name,
      hint: "The host or the network to it is down."
    });
    this.silentMs = silentMs;
  }
};
function silentMsOf(reason) {
  return reason instanceof FellSilent ? reason.silentMs : 0;
}

export {
  FellSilent,
  silentMsOf
};
