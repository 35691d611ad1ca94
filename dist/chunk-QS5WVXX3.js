import { createRequire as nixDispatchCreateRequire } from 'node:module';
import { fileURLToPath as nixDispatchFileURLToPath } from 'node:url';
const require = nixDispatchCreateRequire(import.meta.url);
const nixDispatchFilename = nixDispatchFileURLToPath(import.meta.url);
const nixDispatchDirname = nixDispatchFileURLToPath(new URL('.', import.meta.url));

// src/report/recorder.ts
function createRecorder(flake, selection, startedAtMs) {
  const notices = [];
  let locked;
  let latest;
  let isEvaluationFinal = false;
  return {
    resolved(resolved) {
      locked = resolved;
    },
    evaluated(progress, isFinal) {
      latest = progress;
      isEvaluationFinal = isFinal;
    },
    notice: (level, title, message) => void notices.push({ level, title, message }),
    get isEvaluationFinal() {
      return isEvaluationFinal;
    },
    report: (parts, { cancelled, finishedAtMs }) => ({
      schemaVersion: 1,
      flake,
      lockedFlake: locked?.lockedUrl,
      selection,
      startedAtMs,
      finishedAtMs,
      evaluationSeconds: latest?.elapsedSeconds ?? 0,
      evaluatedAttributes: latest?.evaluated ?? 0,
      ...parts,
      notices,
      cancelled
    })
  };
}

export {
  createRecorder
};
