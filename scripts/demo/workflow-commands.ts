/** What has been read so far: the token that ends a time in which no line is a command. */
export interface CommandState {
  stopToken: string | undefined;
}

/** A line of a step's output, as GitHub's runner takes it. */
export type LogLine =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly properties: ReadonlyMap<string, string>;
      readonly message: string;
    };

/** `::name key=value,key=value::message` at the start of a line. */
const COMMAND = /^\s*::([\w-]+)(?: (.*?))?::(.*)$/;
/** The runner's older form is obeyed anywhere in a line: `##[name key=value;key=value]message`. */
const OLDER_COMMAND = /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/;

/** Reads a line: while commands are stopped, none is one but the line that ends that. */
export function readLine(state: CommandState, line: string): LogLine {
  const match = COMMAND.exec(line) ?? OLDER_COMMAND.exec(line);
  const [, name = '', properties = '', message = ''] = match ?? [];
  if (match === null || (state.stopToken !== undefined && name !== state.stopToken)) {
    return { kind: 'text', text: line };
  }
  if (state.stopToken !== undefined) state.stopToken = undefined;
  else if (name === 'stop-commands') state.stopToken = message;
  return {
    kind: 'command',
    name,
    properties: new Map(
      properties.split(/[,;]/).map((property) => {
        const [key = '', ...value] = property.split('=');
        return [key.trim(), unescape(value.join('='))];
      }),
    ),
    message: unescape(message),
  };
}

/** What a reader of GitHub's log sees of a line; undefined when it is a command that shows nothing. */
export function showLine(state: CommandState, line: string): string | undefined {
  const read = readLine(state, line);
  if (read.kind === 'text') return read.text;
  const { name, properties, message } = read;
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return undefined;
  const title = properties.get('title');
  return `${name}: ${title === undefined ? '' : `${title}: `}${message}`;
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    '%0D': '\r',
    '%0A': '\n',
    '%3A': ':',
    '%2C': ',',
    '%25': '%',
  };
  return text.replaceAll(/%(?:0D|0A|3A|2C|25)/g, (escape) => characters[escape] ?? escape);
}
