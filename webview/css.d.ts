// Style sheets are bundled by esbuild into dist/webview/explain.css.
declare module '*.css';
