import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/child-environment.ts
var RUNNER_ONLY = /^(?:INPUT_.*|ACTIONS_.*|GITHUB_TOKEN|GH_TOKEN)$/s;
function childEnvironment(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !RUNNER_ONLY.test(name)));
}

export {
  childEnvironment
};
