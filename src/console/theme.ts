import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eaf2fc',
  '#d3e2f5',
  '#a6c4ec',
  '#76a5e3',
  '#4f8adb',
  '#3679d7',
  '#2a70d6',
  '#1c5fbd',
  '#1454aa',
  '#0a4897',
];

/** Slate instead of Mantine's neutral greys: from text over borders to the page. */
const dark: MantineColorsTuple = [
  '#d9dee6',
  '#b9c1cd',
  '#98a3b2',
  '#76818f',
  '#39424e',
  '#2c343f',
  '#222932',
  '#1b2028',
  '#151a20',
  '#0f1318',
];

/** Dense and calm: these screens are read for hours, next to remote desktops and terminals. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink, dark },
  defaultRadius: 'sm',
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.84rem', md: '0.92rem', lg: '1.05rem', xl: '1.25rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.35rem' }, h2: { fontSize: '1rem' } } },
});

/** Secondary text that still has a contrast of 4.5 to 1 on cards and on the page. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#59636f', '--mantine-color-anchor': '#1454aa' },
  dark: { '--mantine-color-dimmed': '#98a3b2', '--mantine-color-anchor': '#86b3f0' },
});
