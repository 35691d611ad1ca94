import { DispatchError } from '../../errors.ts';
import type { Attribute } from '../job.ts';
import { joinAttributes } from '../attribute-path.ts';
import { jqComplaint, shortened } from './jq-complaint.ts';

/** Characters of a program, and of what it says by itself, that an error repeats. */
const MOST_QUOTED = 400;
const MOST_SAID = 1000;

/** The input that a jq program came from. */
export type ProgramInput = 'filter_builds' | 'label_builds' | 'upload_outputs';

/** What one program gave for one attribute. */
export type ProgramResult =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string };

/** Selected when any result is neither false nor null: several are one, none is none (compat list, items 6 and 8). */
export function selectionProgram(filter: string): string {
  return overEach(`any((${filter}\n); .)`);
}

/** The first result; null when there is none. */
export function labelProgram(label: string): string {
  return overEach(`[limit(1; (${label}\n))] | .[0]`);
}

/** The list that the programs run over: exactly the fields of the compat list, in its order. */
export function programInput(attributes: readonly Attribute[]): string {
  return JSON.stringify(attributes.map(programFields));
}

/** What every jq program sees of an attribute. */
export function programFields({
  name,
  description,
  topAttr,
  system,
  attr,
  type,
}: Omit<Attribute, 'path'>): Readonly<Record<string, string>> {
  return { name, description, top_attr: topAttr, system, attr, type };
}

/**
 * Reads what {@link selectionProgram} or {@link labelProgram} printed, one result an attribute.
 *
 * @throws DispatchError `filter` when the program ended jq halfway (`halt`)
 */
export function programResults(input: ProgramInput, stdout: string, count: number): readonly ProgramResult[] {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length !== count) {
    throw new DispatchError(
      'filter',
      `${input} ended jq after ${lines.length} of ${count} attributes; expected one that gives a result for each`,
    );
  }
  return lines.map((line) => {
    const [value, message] = parseResult(input, line);
    return typeof message === 'string' ? { kind: 'error', message } : { kind: 'value', value };
  });
}

function parseResult(input: ProgramInput, line: string): readonly unknown[] {
  try {
    const result: unknown = JSON.parse(line);
    if (Array.isArray(result)) return result;
  } catch {
    // Told below, like a result of another kind.
  }
  throw new DispatchError(
    'filter',
    `expected jq to print a list for each attribute of ${input}, got ${JSON.stringify(line.slice(0, 100))}`,
  );
}

/** The label of a job: a string as it is, anything else as JSON, and the default one for null and for blanks. */
export function labelText(value: unknown, attribute: Attribute): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  if (typeof value !== 'string' && value !== null && value !== undefined) return JSON.stringify(value);
  return attribute.system === '' ? attribute.attr : `${attribute.attr} [${attribute.system}]`;
}

/** A program that jq does not take: jq's own words and the expression (compat list, item 7). */
export function invalidProgram(input: ProgramInput, program: string, stderr: string): DispatchError {
  return new DispatchError('filter', `${input} is not valid jq: ${jqComplaint(stderr)}\n${quoted(program)}`, {
    hint: 'Expected a jq expression such as .top_attr == "checks" and .system == "x86_64-linux".',
  });
}

/** A program that jq gave no result for, because of what it would have cost. */
export function fruitlessProgram(input: ProgramInput, program: string, error: DispatchError): DispatchError {
  return new DispatchError('filter', `${input}: ${error.message}\n${quoted(program)}`, {
    hint: error.hint,
    cause: error,
  });
}

/** A valid program that failed on one attribute. */
export function failedProgram(
  input: ProgramInput,
  program: string,
  attribute: Pick<Attribute, 'path'>,
  message: string,
): DispatchError {
  const where = joinAttributes(attribute.path);
  return new DispatchError(
    'filter',
    `${input} failed on ${where}: jq: error: ${shortened(message, MOST_SAID)}\n${quoted(program)}`,
  );
}

function quoted(program: string): string {
  return `The expression is: ${shortened(program, MOST_QUOTED)}`;
}

/** An error is a result too, so that it can be told which attribute it belongs to. */
function overEach(expression: string): string {
  return `.[] | try [(${expression})] catch [null, if type == "string" then . else tojson end]`;
}
