// A file on its way from the page where it was dropped to the one that imports it: an address can't hold it.
let waiting: File | undefined;

export const droppedFile = {
  put(file: File): void {
    waiting = file;
  },
  peek: (): File | undefined => waiting,
  forget(): void {
    waiting = undefined;
  },
};
