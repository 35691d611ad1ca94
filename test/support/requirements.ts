import { afterAll, beforeAll, test } from 'vitest';
import { browserSupport } from '../../scripts/provision/browser.ts';
import { findGithubApi } from '../../scripts/provision/github-api.ts';
import { farmSupport } from '../../scripts/provision/provision.ts';
import { findS3Server } from '../../scripts/provision/s3-server.ts';
import { findTool } from '../../scripts/provision/tools.ts';

/** Something that a machine has or lacks, and tests need. */
export type Requirement = { readonly ok: true } | { readonly ok: false; readonly reason: string };

type DefineTest = (name: string, body: () => unknown, timeoutMs?: number) => void;

/** vitest's functions, for tests with a requirement. */
export interface RequiringTests {
  readonly test: DefineTest;
  /** Runs beside all others of its file that are so defined. */
  readonly concurrent: DefineTest;
  readonly beforeAll: (body: () => unknown) => void;
  readonly afterAll: (body: () => unknown) => void;
}

/** Real Nix hosts: root, namespaces and the trees. */
export const farm: Requirement = farmSupport();

/** The program act. */
export const act: Requirement =
  findTool('act') === undefined
    ? { ok: false, reason: 'needs act, which npm test installs where it can' }
    : { ok: true };

/** A server that speaks S3. */
export const s3: Requirement =
  findS3Server() === undefined
    ? { ok: false, reason: 'needs moto, which npm test installs where it can' }
    : { ok: true };

/** GitHub's own description of its API, and a server that goes by it. */
export const githubApi: Requirement =
  findGithubApi() === undefined
    ? { ok: false, reason: "needs GitHub's description of its API, which npm test installs where it can" }
    : { ok: true };

/** A browser that can be driven. */
export const browser: Requirement = browserSupport();

/**
 * vitest's functions for tests that need what not every machine has. Where it is missing
 * the tests are skipped with the reason, which the closing reporter lists, and on the project's own CI fails.
 */
export function requires(...requirements: readonly Requirement[]): RequiringTests {
  const reasons = requirements.flatMap((requirement) => (requirement.ok ? [] : [requirement.reason]));
  if (reasons.length === 0) return { test, concurrent: test.concurrent, beforeAll, afterAll };
  const reason = reasons.join('; ');
  const skipping = (name: string): void =>
    test(name, ({ skip }) => {
      skip(reason);
    });
  return {
    test: skipping,
    concurrent: skipping,
    beforeAll: () => {},
    afterAll: () => {},
  };
}
