import { ActionIcon, Code, CopyButton, Group, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** A command line to copy; where the page came without TLS from afar, browsers allow no copying. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <Group gap={4} wrap="nowrap">
      <Code fz="xs">{text}</Code>
      {navigator.clipboard && (
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon size="sm" variant="subtle" onClick={copy} aria-label={`Copy: ${text}`}>
                <svg
                  viewBox="0 0 16 16"
                  width={14}
                  height={14}
                  fill="none"
                  stroke="currentColor"
                  strokeWidth={1.5}
                  aria-hidden
                >
                  {copied ? <path d="M3 8.5 6.5 12 13 4.5" /> : <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />}
                </svg>
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      )}
    </Group>
  );
}
