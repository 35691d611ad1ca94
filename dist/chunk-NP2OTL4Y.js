import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));
import {
  terminalLine
} from "./chunk-MOM7IM5P.js";
import {
  cleanLine,
  cleanText
} from "./chunk-WGX5D5BX.js";
import {
  error,
  exportVariable,
  getInput,
  notice,
  saveState,
  setOutput,
  summary,
  warning
} from "./chunk-2VU3XWCT.js";

// src/github/terminal.ts
var STOP = /^::stop-commands::([\w-]+)$/;
function createTerminalPrinter(write) {
  let resume;
  return (line) => {
    const token = STOP.exec(line)?.[1];
    if (token !== void 0) resume = `::${token}::`;
    else if (line !== resume) write(line);
  };
}
function annotationLines({ level, title, message, file, line }) {
  const place = file === void 0 ? "" : ` (${file}${line === void 0 ? "" : `:${line}`})`;
  const [first = "", ...more] = message.split("\n");
  return [`${level}: ${title}${place}: ${first}`, ...more.map((text) => `    ${text}`)].map(terminalLine);
}

// src/github/runner.ts
function createRunner(environment) {
  const write = (line) => void process.stdout.write(`${line}
`);
  const isTerminal = process.stdout.isTTY && environment["GITHUB_ACTIONS"] !== "true";
  let hasSummary = false;
  const print = isTerminal ? createTerminalPrinter(write) : write;
  return {
    input: (name) => getInput(name, { trimWhitespace: false }),
    print,
    annotate(annotation) {
      if (isTerminal) {
        for (const line2 of annotationLines(annotation)) print(line2);
        return;
      }
      const { level, file, line, column } = annotation;
      const message = cleanText(annotation.message);
      const properties = {
        title: cleanLine(annotation.title),
        ...file === void 0 ? {} : { file },
        ...line === void 0 ? {} : { startLine: line },
        ...column === void 0 ? {} : { startColumn: column }
      };
      if (level === "error") error(message, properties);
      else if (level === "warning") warning(message, properties);
      else notice(message, properties);
    },
    setOutput(name, value) {
      if ((environment["GITHUB_OUTPUT"] ?? "") !== "") setOutput(name, value);
    },
    exportVariable(name, value) {
      if ((environment["GITHUB_ENV"] ?? "") !== "") exportVariable(name, value);
    },
    saveState(name, value) {
      if ((environment["GITHUB_STATE"] ?? "") !== "") saveState(name, value);
    },
    async writeSummary(markdown) {
      const file = environment["GITHUB_STEP_SUMMARY"] ?? "";
      if (file === "") return false;
      await summary.addRaw(markdown, true).write();
      hasSummary = true;
      return true;
    },
    hasSummary: () => hasSummary,
    async uploadArtifact(name, files, root, { isCompressed }) {
      if (environment["ACT"] === "true")
        return { kind: "kept-local", reason: "act keeps no artifacts of this kind", isFault: false };
      if ((environment["ACTIONS_RUNTIME_TOKEN"] ?? "") === "") {
        return { kind: "kept-local", reason: "no artifact service is offered here", isFault: false };
      }
      try {
        const { DefaultArtifactClient } = await import("./chunk-4J6VX7DX.js");
        const { id } = await new DefaultArtifactClient().uploadArtifact(
          name,
          [...files],
          root,
          isCompressed ? { compressionLevel: 0 } : {}
        );
        return { kind: "uploaded", id };
      } catch (error2) {
        const reason = error2 instanceof Error ? error2.message : String(error2);
        return { kind: "kept-local", reason, isFault: true };
      }
    }
  };
}

export {
  createRunner
};
