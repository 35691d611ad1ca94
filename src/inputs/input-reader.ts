import { DispatchError } from '../errors.ts';
import { inputSchema, type InputField, type InputName, type InputValue } from './schema.ts';

const schema: { readonly [Name in InputName]: InputField<InputValue<Name>> } = inputSchema;

/** Reads inputs one by one, and goes on after a fault, so that all faults can be told at once. */
export interface InputReader {
  /** The value of an input; that of its default where its text is wrong, which is noted. */
  readonly read: <Name extends InputName>(name: Name) => InputValue<Name>;
  /** Notes a fault of something that stands in an input: a line for each of its message, and its hint below. */
  note(fault: DispatchError): void;
  /** Throws DispatchError `input` that lists what was noted, if anything was. Secrets are never quoted. */
  throwFaults(): void;
}

/** @param raw gives an input's text by its name, empty where none was given */
export function createInputReader(raw: (name: string) => string): InputReader {
  const faults: string[] = [];

  return {
    read(name) {
      const field = schema[name];
      const text = raw(name).trim();
      const parsed = field.parse(text === '' ? field.default : text);
      if (parsed.kind === 'value') return parsed.value;
      const got = parsed.got ?? (field.secret ? 'something else (not shown)' : quote(text));
      faults.push(`- ${name}: expected ${parsed.expected}; got ${got}`);
      return defaultOf(name, field);
    },
    note({ message, hint }) {
      faults.push(
        ...message.split('\n').map((line) => `- ${line}`),
        ...(hint === undefined ? [] : [`  ${hint}`]),
      );
    },
    throwFaults() {
      if (faults.length === 0) return;
      throw new DispatchError('input', `Inputs are wrong; nothing was built:\n${faults.join('\n')}`);
    },
  };
}

// Cut by code points, so that half a character never reaches a log.
function quote(text: string): string {
  const head = /^[^]{0,80}/u.exec(text)?.[0] ?? '';
  return JSON.stringify(head === text ? text : `${head}…`);
}

function defaultOf<T>(name: string, field: InputField<T>): T {
  const parsed = field.parse(field.default);
  if (parsed.kind === 'fault') throw new Error(`The default of input ${name} is no valid value`);
  return parsed.value;
}
