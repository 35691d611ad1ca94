import type { PriceList } from '../accounting/prices.ts';
import type { Builder } from '../builders/builder.ts';
import type { HostKeyChecking } from '../builders/credentials.ts';
import type { NixbuildService } from '../nixbuild/service.ts';
import type { WithoutSecrets } from './choices.ts';
import type { HistoryPlace } from './history.ts';
import type { PushTarget, SigningKey } from './push.ts';
import type { Mode } from './mode.ts';

/** Where a limit may be absent, `undefined` means none. */
export interface EvaluationInputs {
  /** How many evaluators run side by side; undefined: as many as cores and memory allow. */
  readonly workers: number | undefined;
  /** Per evaluator. */
  readonly maxMemoryBytes: number | undefined;
  /** Per attribute. */
  readonly timeoutMs: number | undefined;
  /** Undefined: every system that the flake has. */
  readonly systems: readonly string[] | undefined;
  /** Whether an earlier evaluation of the same flake may be used again, and this one be kept. */
  readonly usesCache: boolean;
}

/** Limits that hold for each build, and for the connections that carry them. */
export interface BuildLimits {
  /** A build that prints nothing for this long is ended. */
  readonly maxSilentMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxLogBytes: number | undefined;
  /** A builder that answers nothing for this long is given up. */
  readonly keepaliveMs: number;
  /** How often a build that was lost to a machine's fault is tried again. */
  readonly infraRetries: number;
  /** How often a build that failed by itself is tried again. */
  readonly retries: number;
}

/** Where what was built is wanted besides. */
export interface DeliveryInputs {
  readonly pushTo: readonly PushTarget[];
  /** Secret; undefined: nothing is signed. */
  readonly signingKey: SigningKey | undefined;
  /** A push that fails is an error. */
  readonly isPushRequired: boolean;
  /** What push targets and this machine's substituters have is not built. */
  readonly skipsCached: boolean;
  /** Outputs of jobs come into the runner's store, with links to them. */
  readonly copiesOutputs: boolean;
  /** jq expression that selects the jobs whose outputs become artifacts; empty: none. */
  readonly uploadOutputs: string;
}

/** Everything the user asked for, parsed once. Secrets are in here: never log the whole object. */
export interface Inputs {
  readonly mode: Mode;
  /** Flake reference as it was written. */
  readonly flake: string;
  /** jq expression that selects jobs. */
  readonly filterBuilds: string;
  /** jq expression that names a job. */
  readonly labelBuilds: string;
  /** Top-level outputs, or longer attribute paths, that are evaluated; without duplicates, never empty. */
  readonly topAttrs: readonly string[];
  /** The machines that build, never empty; when none was given nixbuild.net, or without a login there the runner itself. */
  readonly builders: readonly Builder[];
  /** Secret: private key as text with a newline at its end; undefined when none was given. */
  readonly sshKey: string | undefined;
  /** known_hosts lines as text; may be empty. */
  readonly knownHosts: string;
  readonly hostKeyChecking: HostKeyChecking;
  /** Text of ssh_config or the path of one; empty: the runner's own configuration. */
  readonly sshConfig: string;
  /** What to do where a builder needs a key and none is given. */
  readonly withoutSecrets: WithoutSecrets;
  /** Undefined without its token and its key. */
  readonly nixbuild: NixbuildService | undefined;
  /** Lines of nix.conf, each checked to be `name = value`, `include` or `!include`; may be empty. */
  readonly nixConf: string;
  /** Extra arguments for Nix, already split into words. */
  readonly nixArgs: readonly string[];
  /** Secret: token for private inputs on github.com. */
  readonly githubAccessToken: string | undefined;
  readonly ignoreBuildFailures: boolean;
  readonly ignoreEvalFailures: boolean;
  readonly failFast: boolean;
  readonly failOnEmpty: boolean;
  /** Whether each job has a check run. */
  readonly checkRuns: boolean;
  /** Secret: the workflow's own token, for check runs. */
  readonly githubToken: string | undefined;
  /** Whether the job summary is written. */
  readonly generateBuildSummary: boolean;
  /** Undefined: one is made up for each invocation. */
  readonly artifactPrefix: string | undefined;
  readonly evaluation: EvaluationInputs;
  /** Where durations of builds are remembered. */
  readonly history: HistoryPlace;
  /** Builders may fetch from this machine's substituters too. */
  readonly sharesSubstituters: boolean;
  readonly limits: BuildLimits;
  readonly delivery: DeliveryInputs;
  /** What builders cost; with no rule, no costs are shown. */
  readonly prices: PriceList;
}
