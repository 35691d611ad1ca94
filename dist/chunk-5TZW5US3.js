import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/inputs/parsed.ts
function value(value2) {
  return { kind: "value", value: value2 };
}
function fault(expected, got) {
  return { kind: "fault", expected, got };
}

// src/inputs/nix-conf.ts
function parseNixConf(text) {
  const lines = [];
  const odd = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.trim();
    if (content === "" || content.startsWith("#")) continue;
    const setting = /^([a-zA-Z][\w-]*)\s*=\s*(.*)$/.exec(content);
    const name = setting?.[1];
    if (name !== void 0) lines.push(`${name} = ${setting?.[2] ?? ""}`.trimEnd());
    else if (/^!?include\s+\S/.test(content)) lines.push(content);
    else odd.push(index + 1);
  }
  if (odd.length > 0) {
    return fault("lines of nix.conf such as: sandbox = relaxed", `something else in line ${odd.join(", ")}`);
  }
  return value(lines.join("\n"));
}
function nixConfigText(inputs) {
  const token = inputs.githubAccessToken;
  const lines = [inputs.nixConf, token === void 0 ? "" : `extra-access-tokens = github.com=${token}`];
  return lines.filter((line) => line !== "").join("\n");
}

export {
  value,
  fault,
  parseNixConf,
  nixConfigText
};
