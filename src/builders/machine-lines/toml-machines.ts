import { parse, TomlError } from 'smol-toml';
import type { Builder } from '../builder.ts';
import type { FaultLog } from './faults.ts';
import { makeBuilder } from './make-builder.ts';

/** What may stand in a machine's table, and of which type (protocol §13.2, Lix 2.95). */
const KEY_TYPES = {
  uri: 'string',
  'system-types': 'strings',
  'ssh-key': 'string',
  jobs: 'number',
  'speed-factor': 'number',
  'supported-features': 'strings',
  'mandatory-features': 'strings',
  'ssh-public-host-key': 'string',
  enable: 'boolean',
} as const;

type MachineKey = keyof typeof KEY_TYPES;

/** Whether the text is meant as TOML: machine lines have neither tables nor `=` after a word. */
export function looksLikeToml(text: string): boolean {
  return /^[ \t]*(?:\[[ \t]*machines\b|version[ \t]*=|machines\b[^\n]*=)/m.test(text);
}

/** Reads Lix's machines in TOML, reporting every fault. Disabled machines are left out. */
export function parseTomlMachines(text: string, source: string, faults: FaultLog): Builder[] {
  const document = readToml(text, source, faults);
  if (document === undefined) return [];
  const lineOf = (needle: string): number => {
    const at = text.indexOf(needle);
    return at < 0 ? 1 : text.slice(0, at).split('\n').length;
  };
  const fault = (needle: string, message: string): void =>
    faults.add({ source, line: lineOf(needle) }, undefined, message);
  if (document['version'] !== 1) fault('version', 'expected version = 1, the only one there is');
  for (const key of Object.keys(document)) {
    if (key !== 'version' && key !== 'machines') fault(key, `unknown key ${key}: expected version, machines`);
  }
  const machines = document['machines'];
  if (!isTable(machines)) {
    fault('machines', 'expected tables [machines.NAME]');
    return [];
  }
  return Object.entries(machines).flatMap(([name, machine]) => {
    const builder = readMachine(machine, (key, message) =>
      fault(key === undefined ? name : key, `machine ${name}: ${message}`),
    );
    return builder === undefined ? [] : [builder];
  });
}

function readMachine(
  machine: unknown,
  fault: (key: string | undefined, message: string) => void,
): Builder | undefined {
  if (!isTable(machine)) {
    fault(undefined, 'expected a table');
    return undefined;
  }
  let isSound = true;
  const report = (key: string | undefined, message: string): void => {
    isSound = false;
    fault(key, message);
  };
  for (const [key, value] of Object.entries(machine)) checkEntry(key, value, report);
  const { uri } = machine;
  if (typeof uri !== 'string') {
    if (uri === undefined) report(undefined, 'has no uri');
    return undefined;
  }
  const builder = makeBuilder(
    {
      uri,
      systems: stringsOf(machine, 'system-types'),
      keyFile: stringOf(machine, 'ssh-key'),
      maxJobs: numberOf(machine, 'jobs'),
      speedFactor: numberOf(machine, 'speed-factor') ?? 1,
      supportedFeatures: stringsOf(machine, 'supported-features'),
      mandatoryFeatures: stringsOf(machine, 'mandatory-features'),
      hostKeyLine: stringOf(machine, 'ssh-public-host-key'),
    },
    (_, message) => report('uri', message),
  );
  return isSound && machine['enable'] !== false ? builder : undefined;
}

function checkEntry(key: string, value: unknown, report: (key: string, message: string) => void): void {
  if (!isMachineKey(key)) {
    report(key, `unknown key ${key}: expected one of ${Object.keys(KEY_TYPES).join(', ')}`);
    return;
  }
  const type = KEY_TYPES[key];
  const isRight =
    type === 'strings'
      ? Array.isArray(value) && value.every((item) => typeof item === 'string')
      : typeof value === type;
  if (!isRight)
    report(key, `expected ${key} to be ${type === 'strings' ? 'a list of strings' : `a ${type}`}`);
  if (key === 'jobs' && !Number.isInteger(value)) report(key, 'expected jobs to be a whole number');
  if (typeof value === 'number' && value < 0) report(key, `expected ${key} not to be below 0`);
}

function readToml(text: string, source: string, faults: FaultLog): Record<string, unknown> | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ''] = error.message.split('\n');
    faults.add({ source, line: error.line }, undefined, `${message} (character ${error.column})`);
    return undefined;
  }
}

function isMachineKey(key: string): key is MachineKey {
  return Object.hasOwn(KEY_TYPES, key);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringOf(table: Record<string, unknown>, key: MachineKey): string | undefined {
  const value = table[key];
  return typeof value === 'string' ? value : undefined;
}

function stringsOf(table: Record<string, unknown>, key: MachineKey): string[] {
  const value = table[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function numberOf(table: Record<string, unknown>, key: MachineKey): number | undefined {
  const value = table[key];
  return typeof value === 'number' ? value : undefined;
}
