import { describe, expect, it } from 'vitest';
import { createNarGrammar } from '../../../../src/nix/nar/grammar.ts';
import type { NarExpectation } from '../../../../src/nix/nar/grammar.ts';

/** Gives words to a grammar: `''` stands for the empty one, a number for the length of a file. Tells what a visitor hears. */
function read(text: string) {
  const heard: string[] = [];
  const grammar = createNarGrammar({
    directory: (path) => heard.push(`directory ${path}`),
    endDirectory: () => heard.push('end'),
    file: (path, { isExecutable, sizeBytes }) =>
      heard.push(`${isExecutable ? 'program' : 'file'} ${path} ${sizeBytes}`),
    symlink: (path, target) => heard.push(`${path} -> ${target}`),
  });
  let expects: NarExpectation = 'word';
  for (const word of text.split(' ').filter(Boolean)) {
    if (/^\d+$/.test(word)) {
      expect(expects).toBe('contents-length');
      grammar.beginFile(Number(word));
      expects = 'word';
    } else expects = grammar.accept(word === "''" ? '' : word);
  }
  return { heard, expects };
}

const MAGIC = 'nix-archive-1';
const FILE = `${MAGIC} ( type regular`;
const DIRECTORY = `${MAGIC} ( type directory`;
const PROGRAM_A = "entry ( name a node ( type regular executable '' contents 1 ) )";
const FILE_B = 'entry ( name b node ( type regular contents 0 ) )';
const LINK_C = 'entry ( name c node ( type symlink target a ) )';

describe('the grammar of archives', () => {
  it.each([
    { name: 'nothing yet', words: '', heard: [], expects: 'word' },
    { name: 'a file', words: `${FILE} contents 7 )`, heard: ['file  7'], expects: 'done' },
    {
      name: 'half a program',
      words: `${FILE} executable '' contents 7`,
      heard: ['program  7'],
      expects: 'word',
    },
    { name: 'a file without length', words: `${FILE} contents`, heard: [], expects: 'contents-length' },
    {
      name: 'a directory with a program, a file and a symlink',
      words: `${DIRECTORY} ${PROGRAM_A} ${FILE_B} ${LINK_C} )`,
      heard: ['directory ', 'program a 1', 'file b 0', 'c -> a', 'end'],
      expects: 'done',
    },
  ])('takes $name', ({ words, heard, expects }) => {
    expect(read(words)).toEqual({ heard, expects });
  });

  it.each([
    { name: 'another format', words: 'nix-archive-2', says: 'at its root: "nix-archive-2"' },
    { name: 'an unknown type', words: `${MAGIC} ( type socket`, says: 'the node type "socket"' },
    { name: 'a file with a target', words: `${FILE} target`, says: '"target" where "contents" belongs' },
    { name: 'a symlink to nothing', words: `${MAGIC} ( type symlink target ''`, says: 'symlink target' },
    { name: 'a word for a length', words: `${FILE} contents )`, says: 'a word out of place' },
    { name: 'anything behind the end', words: `${FILE} contents 7 ) )`, says: 'a word out of place' },
    { name: 'names in disorder', words: `${DIRECTORY} ${FILE_B} ${PROGRAM_A}`, says: 'does not come after' },
    {
      name: 'an entry without a name, with where it is',
      words: `${DIRECTORY} entry ( name a node ( type directory entry ( node`,
      says: 'at "a": "node" where "name" belongs',
    },
  ])('refuses $name', ({ words, says }) => {
    expect(() => read(words)).toThrow(says);
  });
});
