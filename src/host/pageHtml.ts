import { randomBytes } from 'node:crypto';

export interface PageFiles {
  /** As the page may load them. */
  script: string;
  style: string;
  /** What the webview serves its files from, for the content security policy. */
  source: string;
}

/** The page's frame: nothing but its own script, style and pictures may load. The toolkit reads `csp-nonce`. */
export function pageHtml({ script, style, source }: PageFiles): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `img-src ${source} blob: data:`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<link rel="stylesheet" nonce="${nonce}" href="${style}">
<title>Glassbox</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
