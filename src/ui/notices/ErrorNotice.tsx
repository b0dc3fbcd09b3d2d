import { Button } from "@mantine/core";
import { Notice } from "./Notice.tsx";

/** What failed, with a way to try again; it is also tried again when the server is back. */
export function ErrorNotice({ title, error, onRetry }: { title: string; error: Error; onRetry(): void }) {
  return (
    <Notice title={title} tone="bad" detail={error.message}>
      <Button onClick={onRetry}>Try again</Button>
    </Notice>
  );
}
