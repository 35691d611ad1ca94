/** What has been read so far: the token that ends a time in which no line is a command. */
export interface CommandState {
  stopToken: string | undefined;
}

/** What a reader of GitHub's log sees of a line; undefined when it is a command that shows nothing. */
export function showLine(state: CommandState, line: string): string | undefined {
  if (state.stopToken !== undefined) {
    if (line !== `::${state.stopToken}::`) return line;
    state.stopToken = undefined;
    return undefined;
  }
  const command = /^::([\w-]+)(?: (.*?))?::(.*)$/.exec(line);
  if (command === null) return line;
  const [, name = '', properties = '', message = ''] = command;
  if (name === 'stop-commands') state.stopToken = message;
  if (name !== 'error' && name !== 'warning' && name !== 'notice') return undefined;
  const title = /(?:^|,)title=([^,]*)/.exec(properties)?.[1];
  return unescapeData(`${name}: ${title === undefined ? '' : `${title}: `}${message}`);
}

function unescapeData(text: string): string {
  const characters: Readonly<Record<string, string>> = {
    '%0D': '\r',
    '%0A': '\n',
    '%3A': ':',
    '%2C': ',',
    '%25': '%',
  };
  return text.replaceAll(/%(?:0D|0A|3A|2C|25)/g, (escape) => characters[escape] ?? escape);
}
