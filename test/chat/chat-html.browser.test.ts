import createDOMPurify from 'dompurify';
import { chatSanitiser } from 'onescreen/chat';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { htmlAttacks, leak } from './html-attacks';

declare global {
  interface Window {
    hacked?: () => void;
  }
}

const sanitise = chatSanitiser(createDOMPurify);
if (sanitise === undefined) throw new Error('this page has no DOM');

let ran = 0;
let page: HTMLElement;
beforeEach(() => {
  ran = 0;
  window.hacked = () => (ran += 1);
  page = document.createElement('main');
  document.body.append(page);
});
afterEach(() => {
  page.remove();
  delete window.hacked;
});

/** Puts HTML into the page and lets it do what it does. */
async function show(html: string): Promise<{ readonly ran: number; readonly leaks: readonly string[] }> {
  performance.clearResourceTimings();
  page.innerHTML = html;
  for (const element of page.querySelectorAll<HTMLElement>('*')) {
    for (const type of ['mouseover', 'focus', 'blur', 'toggle', 'animationstart'])
      element.dispatchEvent(new Event(type));
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  const leaks = performance.getEntriesByType('resource').flatMap(({ name }) => (name.startsWith(leak) ? [name] : []));
  return { ran, leaks };
}

test('what runs or calls home is noticed', async () => {
  // Refused without asking a server, so that nothing runs late, in the next test.
  await expect.poll(async () => (await show(`<img src="data:," onerror=hacked()>`)).ran).toBeGreaterThan(0);
  await expect.poll(async () => (await show(`<img src="${leak}.png">`)).leaks.length).toBeGreaterThan(0);
});

describe('an attack does nothing:', () => {
  const allowed = new Set(['href', 'title', 'dir', 'lang', 'colspan', 'rowspan', 'start', 'target', 'rel']);
  const names = Object.getOwnPropertyNames(document).length;

  test('there are enough of them, each once', () => {
    expect(new Set(htmlAttacks).size).toBe(htmlAttacks.length);
    expect(htmlAttacks.length).toBeGreaterThan(90);
  });

  test.each(htmlAttacks)('%s', async (attack) => {
    const html = sanitise(`${attack}<i>rest</i>`);
    expect(await show(html)).toEqual({ ran: 0, leaks: [] });
    for (const element of page.querySelectorAll('*')) {
      expect(element.namespaceURI).toBe('http://www.w3.org/1999/xhtml');
      expect(element.tagName).toMatch(/^(A|ABBR|B|DIV|I|P|TABLE|TBODY|TR|TD)$/);
      for (const { name, value } of element.attributes) {
        // It cannot be taken from an element, only emptied.
        if (name === 'is') expect(value).toBe('');
        else expect(allowed).toContain(name);
      }
      const link = element.getAttribute('href');
      if (link !== null) expect(link).toMatch(/^(?:https?|mailto|tel):/);
    }
    // Parsed once more, it is still the same.
    const once = page.innerHTML;
    page.innerHTML = once;
    expect(page.innerHTML).toBe(once);
    expect(sanitise(html)).toBe(html);
    expect(Object.getOwnPropertyNames(document).length).toBe(names);
  });
});

test.each([
  ['<p>Hi <b>there</b>, <em>you</em><br>next</p>', undefined],
  ['<ul><li>one</li><li>two</li></ul><ol start="3"><li>three</li></ol>', undefined],
  [
    '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
    undefined,
  ],
  ['<blockquote>said</blockquote><pre><code>if (a &lt; b) c();</code></pre><hr>', undefined],
  ['<p dir="rtl" lang="ar" title="t">مرحبا 😀</p>', undefined],
  ['<h1>a</h1><s>b</s><u>c</u><sub>d</sub><sup>e</sup><mark>f</mark>', undefined],
  ['a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
  [
    '<a href="https://contoso.example/?a=1&amp;b=2">x</a>',
    '<a href="https://contoso.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">x</a>',
  ],
  ['<a href="tel:+100">x</a>', '<a href="tel:+100" target="_blank" rel="noopener noreferrer">x</a>'],
])('formatting stays: %s', (html, expected = html) => {
  expect(sanitise(html)).toBe(expected);
});

test('what the page sanitises itself is left alone', () => {
  const purify = createDOMPurify(window);
  expect(purify.sanitize('<a href="https://contoso.example/">x</a><img src="x">')).toBe(
    '<a href="https://contoso.example/">x</a><img src="x">',
  );
});
