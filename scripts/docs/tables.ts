import { parse } from 'yaml';

/** An input, secret or output as a YAML file describes it. */
export interface Field {
  readonly name: string;
  /** Undefined where nothing stands in. */
  readonly default: string | undefined;
  readonly description: string;
}

/** What a reader of action.yml and of the reusable workflow can set and get. */
export interface Contract {
  readonly inputs: readonly Field[];
  readonly outputs: readonly Field[];
  readonly workflowInputs: readonly Field[];
  readonly workflowSecrets: readonly Field[];
  readonly workflowOutputs: readonly Field[];
}

/** Reads the public contract from the texts of action.yml and ci-workflow.yml. */
export function readContract(action: string, workflow: string): Contract {
  const actionFields = (key: string) => fieldsAt(parse(action), [key]);
  const workflowFields = (key: string) => fieldsAt(parse(workflow), ['on', 'workflow_call', key]);
  return {
    inputs: actionFields('inputs'),
    outputs: actionFields('outputs'),
    workflowInputs: workflowFields('inputs'),
    workflowSecrets: workflowFields('secrets'),
    workflowOutputs: workflowFields('outputs'),
  };
}

function fieldsAt(document: unknown, path: readonly string[]): readonly Field[] {
  const fields = path.reduce((value: unknown, key) => memberOf(value, key), document);
  if (typeof fields !== 'object' || fields === null) throw new Error(`Expected fields at ${path.join('.')}`);
  return Object.entries(fields).map(([name, field]: [string, unknown]) => ({
    name,
    default: scalarText(memberOf(field, 'default')),
    description: scalarText(memberOf(field, 'description'))?.trim() ?? '',
  }));
}

function scalarText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** A Markdown table of fields; the column of defaults only where there are any. */
function fieldTable(heading: string, fields: readonly Field[]): string {
  const withDefaults = fields.some((field) => field.default !== undefined);
  const row = (...cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  const lines = fields.map(({ name, default: text, description }) => {
    const code = text === undefined || text === '' ? '' : `\`${text}\``;
    return withDefaults ? row(`\`${name}\``, code, description) : row(`\`${name}\``, description);
  });
  const head = withDefaults ? [heading, 'default', 'meaning'] : [heading, 'meaning'];
  return [row(...head), row(...head.map(() => '---')), ...lines].join('\n');
}

// Within a table even a code span may hold no bare bar.
function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

/**
 * Puts `content` between the comments `<!-- begin NAME -->` and `<!-- end NAME -->`.
 *
 * @throws Error when the document does not have both
 */
export function replaceSection(document: string, name: string, content: string): string {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`Expected ${begin} and ${end} in the document`);
  const ignored = `<!-- prettier-ignore-start -->\n${content}\n<!-- prettier-ignore-end -->`;
  return `${document.slice(0, from + begin.length)}\n\n${ignored}\n\n${document.slice(to)}`;
}

/** README.md with its tables as the contract has them. */
export function renderReadme(readme: string, contract: Contract): string {
  const ofAction = new Set(contract.inputs.map(({ name }) => name));
  const onlyWorkflow = contract.workflowInputs.filter(({ name }) => !ofAction.has(name));
  const tables: ReadonlyArray<readonly [string, string]> = [
    ['inputs', fieldTable('input', contract.inputs)],
    ['outputs', fieldTable('output', contract.outputs)],
    ['workflow inputs', fieldTable('input', onlyWorkflow)],
    ['workflow secrets', fieldTable('secret', contract.workflowSecrets)],
  ];
  return tables.reduce((text, [name, table]) => replaceSection(text, name, table), readme);
}
