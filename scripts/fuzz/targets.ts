import type { FuzzTarget } from './target.ts';
import { conversation } from './targets/conversation.ts';
import { derivation } from './targets/derivation.ts';
import { evaluator } from './targets/evaluator.ts';
import { filter } from './targets/filter.ts';
import { hostCertificates } from './targets/host-certificates.ts';
import { inputs } from './targets/inputs.ts';
import { keptTexts } from './targets/kept-texts.ts';
import { knownHosts } from './targets/known-hosts.ts';
import { machines } from './targets/machines.ts';
import { nar } from './targets/nar.ts';
import { overheard } from './targets/overheard.ts';
import { probes } from './targets/probes.ts';
import { replies } from './targets/replies.ts';
import { sshConfiguration } from './targets/ssh-configuration.ts';
import { shownText } from './targets/shown-text.ts';

/** Everything of ours that takes bytes from strangers. */
export const TARGETS: readonly FuzzTarget[] = [
  conversation,
  replies,
  overheard,
  nar,
  derivation,
  machines,
  sshConfiguration,
  knownHosts,
  hostCertificates,
  probes,
  keptTexts,
  evaluator,
  filter,
  shownText,
  inputs,
];
