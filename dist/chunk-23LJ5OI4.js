import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/setup/lifecycle/messages.ts
function isOrder(message) {
  return kindOf(message) === "order";
}
function isAnswer(message) {
  const kind = kindOf(message);
  return kind === "log" || kind === "ready" || kind === "failed";
}
function kindOf(message) {
  return typeof message === "object" && message !== null && "kind" in message ? message.kind : void 0;
}

export {
  isOrder,
  isAnswer
};
