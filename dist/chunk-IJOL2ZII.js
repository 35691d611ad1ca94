import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  attributePathOf
} from "./chunk-LMBAKTVX.js";
import {
  plural
} from "./chunk-ZR6O72JI.js";

// src/report/evaluation-warnings.ts
var MOST_SHOWN = 200;
function evaluationWarnings({ jobs, listed = [] }) {
  const attributes = /* @__PURE__ */ new Map();
  for (const job of [...jobs, ...listed]) {
    for (const warning of new Set(job.warnings)) {
      const known = attributes.get(warning);
      if (known === void 0) attributes.set(warning, [attributePathOf(job)]);
      else known.push(attributePathOf(job));
    }
  }
  const left = attributes.size - MOST_SHOWN;
  const more = {
    level: "warning",
    title: plural(left, "more warning"),
    message: "results.json has all of them."
  };
  const shown = [...attributes].slice(0, MOST_SHOWN).map(([message, [first = "", ...others]]) => ({
    level: "warning",
    title: others.length === 0 ? first : `${first} and ${others.length} more`,
    message
  }));
  return left > 0 ? [...shown, more] : shown;
}

export {
  evaluationWarnings
};
