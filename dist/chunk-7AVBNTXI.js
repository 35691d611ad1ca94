import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/errors.ts
var DispatchError = class extends Error {
  name = "DispatchError";
  code;
  hint;
  host;
  constructor(code, message, details = {}) {
    super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.host = details.host;
  }
};
function toDispatchError(thrown, code, details = {}) {
  if (thrown instanceof DispatchError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new DispatchError(code, message, { cause: thrown, ...details });
}
function describeError(error) {
  const where = error.host === void 0 || error.message.includes(error.host) ? "" : `${error.host}: `;
  const hint = error.hint === void 0 ? "" : `
${error.hint}`;
  return `${where}${error.message}${hint}`;
}
function describeTrouble({ message, hint }) {
  return (hint === void 0 ? message : `${message}. ${hint}`).replaceAll(/\s*\n\s*/g, " ");
}

export {
  DispatchError,
  toDispatchError,
  describeError,
  describeTrouble
};
