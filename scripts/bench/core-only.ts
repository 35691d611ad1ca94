// The least that any action does: what scripts/bench/startup.ts measures against.
import { getInput } from '@actions/core';

getInput('fail_fast');
