import type { Contract, Field } from '../docs/tables.ts';

/** One difference between the interfaces of two releases. */
export interface InterfaceChange {
  readonly kind: 'added' | 'removed' | 'default';
  /** For instance `input`, or `secret of the workflow`. */
  readonly what: string;
  readonly name: string;
  /** What follows the name in the notes. */
  readonly detail: string;
}

/** Inputs, secrets and outputs of one release against those of the release before. */
export function interfaceChanges(before: Contract, after: Contract): readonly InterfaceChange[] {
  const ofAction = new Set([...before.inputs, ...after.inputs].map(({ name }) => name));
  // What the workflow only hands on is told once, as the action's.
  const ownInputs = ({ workflowInputs }: Contract) =>
    workflowInputs.filter(({ name }) => !ofAction.has(name));
  return [
    ...fieldChanges('input', before.inputs, after.inputs),
    ...fieldChanges('output', before.outputs, after.outputs),
    ...fieldChanges('input of the workflow', ownInputs(before), ownInputs(after)),
    ...fieldChanges('secret of the workflow', before.workflowSecrets, after.workflowSecrets),
    ...fieldChanges('output of the workflow', before.workflowOutputs, after.workflowOutputs),
  ];
}

function fieldChanges(
  what: string,
  before: readonly Field[],
  after: readonly Field[],
): readonly InterfaceChange[] {
  const earlier = new Map(before.map((field) => [field.name, field]));
  const present = new Set(after.map(({ name }) => name));
  const kept = after.flatMap((field): readonly InterfaceChange[] => {
    const { name, description } = field;
    const old = earlier.get(name);
    if (old === undefined) return [{ kind: 'added', what, name, detail: description }];
    if (old.default === field.default) return [];
    return [{ kind: 'default', what, name, detail: `${quote(old.default)} → ${quote(field.default)}` }];
  });
  const lost = before.filter(({ name }) => !present.has(name));
  return [...kept, ...lost.map(({ name }) => ({ kind: 'removed' as const, what, name, detail: '' }))];
}

function quote(value: string | undefined): string {
  return value === undefined || value === '' ? 'empty' : `\`${value}\``;
}

const titles = { added: 'New', removed: 'Gone', default: 'Other default' } as const;

/** The changes as a Markdown list; empty when there are none. */
export function changesMarkdown(changes: readonly InterfaceChange[]): string {
  return changes
    .map(({ kind, what, name, detail }) => {
      const head = `- ${titles[kind]}: ${what} \`${name}\``;
      return detail === '' ? head : `${head}: ${detail}`;
    })
    .join('\n');
}
