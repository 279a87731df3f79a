import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';

/** Asks after any update of the catalogue, listed or not. */
export function AskField({ onAsk }: { readonly onAsk: (update: string) => void }): ReactNode {
  const [text, setText] = useState('');
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim()) onAsk(text.trim());
  };
  return (
    <form onSubmit={ask}>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          aria-label="Why another update"
          placeholder="Why another update? KB number, id or part of its title"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          flex={1}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          Ask
        </Button>
      </Group>
    </form>
  );
}
