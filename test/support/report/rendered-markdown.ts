import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { parseFragment } from 'parse5';
import type { DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

/** Markdown as GitHub's dialect renders it, parsed as a browser would; HTML in it is let through unfiltered. */
export class RenderedMarkdown {
  readonly #nodes: readonly Node[];

  constructor(markdown: string) {
    const html = micromark(markdown, {
      allowDangerousHtml: true,
      extensions: [gfm()],
      htmlExtensions: [gfmHtml()],
    });
    this.#nodes = parseFragment(html).childNodes;
  }

  /** Names of all elements, each once, in alphabetical order. */
  elementNames(): string[] {
    const names = new Set<string>();
    visit(this.#nodes, (node) => {
      if ('tagName' in node) names.add(node.tagName);
    });
    return [...names].sort();
  }

  /** Text of every element of that name. */
  texts(tagName: string): string[] {
    const found: string[] = [];
    visit(this.#nodes, (node) => {
      if ('tagName' in node && node.tagName === tagName) found.push(textOf(node));
    });
    return found;
  }

  /** Cells of every table row, as text. */
  rows(): string[][] {
    const rows: string[][] = [];
    visit(this.#nodes, (node) => {
      if ('tagName' in node && node.tagName === 'tr') {
        rows.push(node.childNodes.filter((child) => 'tagName' in child).map((cell) => textOf(cell).trim()));
      }
    });
    return rows;
  }
}

function visit(nodes: readonly Node[], see: (node: Node) => void): void {
  for (const node of nodes) {
    see(node);
    if ('childNodes' in node) visit(node.childNodes, see);
  }
}

function textOf(node: Node): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
