import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/builders/builder.ts
var DEFAULT_PARAMETERS = {
  remoteProgram: void 0,
  remoteStore: void 0,
  compress: false,
  maxConnections: void 0,
  trusted: void 0,
  granularity: void 0
};
function addressText(address) {
  if (address.kind !== "ssh") return address.kind === "local" ? "local" : address.socketPath;
  if (address.port === void 0 || address.port === SSH_PORT) return address.host;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
var SSH_PORT = 22;

export {
  DEFAULT_PARAMETERS,
  addressText,
  SSH_PORT
};
