import createDOMPurify, { type Config } from 'dompurify';

/** What a chat message needs; images and styles are left out, because they load from elsewhere and cover the page. */
const config: Config = {
  ALLOWED_TAGS: (
    'a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s small span ' +
    'strike strong sub sup table tbody td tfoot th thead tr u ul'
  ).split(' '),
  ALLOWED_ATTR: ['href', 'title', 'dir', 'lang', 'colspan', 'rowspan', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Makes untrusted HTML safe to put into the page. */
export type Sanitise = (html: string) => string;

let shared: Sanitise | undefined;

/** DOMPurify on this page's DOM; undefined where there is none, and HTML must not be offered. */
export function sanitiser(): Sanitise | undefined {
  if (shared !== undefined || typeof window !== 'object' || typeof document !== 'object') return shared;
  // An instance of our own, so that the hook does not change what the page sanitises itself.
  const purify = createDOMPurify(window);
  if (!purify.isSupported) return undefined;
  purify.addHook('afterSanitizeAttributes', (element) => {
    if (element.tagName !== 'A' || !element.hasAttribute('href')) return;
    element.setAttribute('target', '_blank');
    element.setAttribute('rel', 'noopener noreferrer');
  });
  return (shared = (html) => purify.sanitize(html, config));
}
