/** Elements that end a line of text. */
const blocks = new Set(
  (
    'address article aside blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p ' +
    'pre section table tr ul'
  ).split(' '),
);

/** Elements whose content nobody reads. */
const unread = new Set(['script', 'style', 'template', 'title', 'noscript', 'iframe', 'object', 'svg', 'math']);

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', shy: '', copy: '©', reg: '®', trade: '™' },
  ...{ hellip: '…', mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bull: '•', middot: '·' },
  ...{ laquo: '«', raquo: '»', euro: '€', pound: '£', yen: '¥', cent: '¢', sect: '§', deg: '°', plusmn: '±' },
  ...{ times: '×', divide: '÷', frac12: '½', iexcl: '¡', iquest: '¿', szlig: 'ß', aelig: 'æ', AElig: 'Æ' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', aring: 'å', Aring: 'Å', oslash: 'ø' },
  ...{ agrave: 'à', aacute: 'á', acirc: 'â', atilde: 'ã', ccedil: 'ç', egrave: 'è', eacute: 'é', ecirc: 'ê' },
  ...{ euml: 'ë', igrave: 'ì', iacute: 'í', icirc: 'î', iuml: 'ï', ntilde: 'ñ', ograve: 'ò', oacute: 'ó' },
  ...{ ocirc: 'ô', otilde: 'õ', ugrave: 'ù', uacute: 'ú', ucirc: 'û', Agrave: 'À', Eacute: 'É', Ccedil: 'Ç' },
};

/**
 * The text of an HTML message, for where it is shown or searched as text: tags and unread content left out,
 * entities decoded, blocks on lines of their own. The result is text, not HTML: it may hold `<`.
 */
export function htmlToText(html: string): string {
  let text = '';
  // Asking the text itself would copy it each time.
  let last = '';
  const add = (more: string) => {
    text += more;
    last = more.at(-1) ?? last;
  };
  let hidden: string | undefined;
  for (let index = 0; index < html.length;) {
    const open = html.indexOf('<', index);
    if (hidden === undefined) {
      const run = html.slice(index, open < 0 ? undefined : open).replace(/\s+/g, ' ');
      add(decode(last === ' ' || last === '\n' ? run.replace(/^ /, '') : run));
    }
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      if (end < 0) break;
      index = end + 3;
      continue;
    }
    const name = /^<\/?([a-zA-Z][a-zA-Z0-9:-]*)|^<[!?/]/.exec(html.slice(open, open + 40));
    if (name === null) {
      if (hidden === undefined) add('<');
      index = open + 1;
      continue;
    }
    const end = endOfTag(html, open);
    if (end < 0) break;
    const tag = name[1]?.toLowerCase() ?? '';
    const closing = html[open + 1] === '/';
    if (hidden !== undefined) hidden = closing && tag === hidden ? undefined : hidden;
    else if (unread.has(tag) && !closing && html[end - 1] !== '/') hidden = tag;
    else if (tag === 'br') add('\n');
    else if (blocks.has(tag)) add(last === '' || last === '\n' ? '' : '\n');
    else if ((tag === 'td' || tag === 'th') && closing) add('\t');
    index = end + 1;
  }
  return text.split('\n').map(trimLine).join('\n').trim();
}

/** Without spaces at its beginning and spaces and tabs at its end; by hand, as a pattern takes quadratic time here. */
function trimLine(line: string): string {
  let start = 0;
  let end = line.length;
  while (line[start] === ' ') start += 1;
  while (end > start && (line[end - 1] === ' ' || line[end - 1] === '\t')) end -= 1;
  return line.slice(start, end);
}

/** Plain text as HTML that shows it unchanged. */
export function textToHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\r?\n/g, '<br>');
}

/** Position of the `>` that ends the tag at `open`, outside quotes; -1 when there is none. */
function endOfTag(html: string, open: number): number {
  let quote = '';
  for (let index = open + 1; index < html.length; index++) {
    const char = html[index] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '>') return index;
    else if ((char === '"' || char === "'") && /[=\s]/.test(html[index - 1] ?? '')) quote = char;
  }
  return -1;
}

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z][a-zA-Z0-9]{1,30}));/g,
    (entity, dec, hex, name) => {
      if (typeof name === 'string') return Object.hasOwn(entities, name) ? (entities[name] ?? entity) : entity;
      const code = typeof dec === 'string' ? Number(dec) : parseInt(String(hex), 16);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : '\ufffd';
    },
  );
}
