import type { Contract, Field } from '../../../scripts/docs/tables.ts';

/** How a document's YAML uses the action or the reusable workflow. */
export interface Use {
  readonly kind: 'action' | 'workflow';
  /** Id of the step or the job, by which outputs are asked for. */
  readonly id: string | undefined;
  /** What `uses` has; undefined where only inputs are shown. */
  readonly reference: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const ACTION = /\/nix-dispatch@/;
const WORKFLOW = /\/nix-dispatch\/\.github\/workflows\/ci-workflow\.yml@/;

/** Finds every use in parsed YAML: a workflow, a list of steps, or a step. */
export function usesIn(yaml: unknown, key?: string): readonly Use[] {
  if (typeof yaml !== 'object' || yaml === null) return [];
  const uses = memberOf(yaml, 'uses');
  if (typeof uses === 'string') {
    const inputs = recordAt(yaml, 'with');
    const secrets = recordAt(yaml, 'secrets');
    const id = memberOf(yaml, 'id');
    if (WORKFLOW.test(uses)) return [{ kind: 'workflow', id: key, reference: uses, inputs, secrets }];
    if (!ACTION.test(uses)) return [];
    return [
      { kind: 'action', id: typeof id === 'string' ? id : undefined, reference: uses, inputs, secrets },
    ];
  }
  // A fragment that shows inputs and nothing else.
  if (Object.keys(yaml).join() === 'with') {
    const fragment = { kind: 'action', id: undefined, reference: undefined, secrets: {} } as const;
    return [{ ...fragment, inputs: recordAt(yaml, 'with') }];
  }
  return Object.entries(yaml).flatMap(([name, value]: [string, unknown]) => usesIn(value, name));
}

/** What is wrong with a use: names that the contract does not have, and types that GitHub refuses. */
export function faultsOf({ kind, inputs, secrets }: Use, contract: Contract): readonly string[] {
  const fields = kind === 'action' ? contract.inputs : contract.workflowInputs;
  const unknownInputs = Object.keys(inputs).filter((name) => !has(fields, name));
  const known = kind === 'workflow' ? contract.workflowSecrets : [];
  const unknownSecrets = Object.keys(secrets).filter((name) => !has(known, name));
  return [
    ...unknownInputs.map((name) => `there is no input ${name} of the ${kind}`),
    ...unknownSecrets.map((name) => `there is no secret ${name} of the ${kind}`),
  ];
}

/** Outputs that expressions in a text ask these uses for, and that are not there. */
export function lostOutputs(text: string, uses: readonly Use[], contract: Contract): readonly string[] {
  const asked = text.matchAll(/\b(steps|needs)\.([\w-]+)\.outputs\.(\w+)/g);
  return [...asked].flatMap(([whole, context, id, output = '']) => {
    const use = uses.find((one) => one.id === id && (one.kind === 'action') === (context === 'steps'));
    if (use === undefined) return [];
    return has(use.kind === 'action' ? contract.outputs : contract.workflowOutputs, output) ? [] : [whole];
  });
}

/** Inputs as the action gets them, less those that stand for something else: expressions and `…`. */
export function literalInputs({ inputs }: Use): Readonly<Record<string, string>> {
  const texts = Object.entries(inputs).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(texts.filter(([, text]) => !/\$\{\{|…/.test(text)));
}

function has(fields: readonly Field[], wanted: string): boolean {
  return fields.some(({ name }) => name === wanted);
}

function recordAt(value: object, key: string): Readonly<Record<string, unknown>> {
  const member = memberOf(value, key);
  return typeof member === 'object' && member !== null ? { ...member } : {};
}

function memberOf(value: object, key: string): unknown {
  return Reflect.get(value, key);
}
