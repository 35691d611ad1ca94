import { parentPort, workerData } from 'node:worker_threads';
import { deskOn, type Assignment, type ReportedFinding } from './assignment.ts';
import { Finding, runCampaign } from './campaign.ts';
import { createRandom, seedFor } from './random.ts';
import { TARGETS } from './targets.ts';

const { target: name, seed, inputs, desk } = workerData as Assignment;
const target = TARGETS.find((target) => target.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);
const { lay } = deskOn(desk);
const report = await runCampaign(target, createRandom(seedFor(seed, name)), inputs, lay).catch(
  (error: unknown): ReportedFinding => {
    if (!(error instanceof Finding)) throw error;
    return { message: error.message, input: error.input };
  },
);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(report);
