import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { deleteTrace } from "../api/traces.ts";
import { formatPlural } from "../text/figures.ts";
import classes from "./DeleteTraces.module.css";

interface DeleteTracesProps {
  /** What to delete; the dialog is open while there is any. */
  ids: readonly string[];
  onClose(): void;
  onDeleted(): void;
}

/** Asks before it deletes: what is deleted is gone. */
export function DeleteTraces({ ids, onClose, onDeleted }: DeleteTracesProps) {
  const queryClient = useQueryClient();
  const deletion = useMutation({
    mutationFn: async () => {
      for (const id of ids) await deleteTrace(id);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["traces", "page"] }),
    onSuccess: () => {
      onClose();
      onDeleted();
    },
  });
  const what = formatPlural(ids.length, "trace");
  return (
    <Modal
      opened={ids.length > 0}
      onClose={onClose}
      title={`Delete ${what}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <p>Texts, scores and token arrays go with it. There is no way back.</p>
      {deletion.isError && (
        <p className={classes.error} role="alert">
          {deletion.error.message}
        </p>
      )}
      <div className={classes.actions}>
        <Button onClick={onClose}>Keep</Button>
        <Button variant="filled" color="red" loading={deletion.isPending} onClick={() => deletion.mutate()}>
          Delete {what}
        </Button>
      </div>
    </Modal>
  );
}
