import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Icon } from "../icons/Icon.tsx";
import classes from "./Shell.module.css";

export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className={classes.quiet}
      onClick={() => setColorScheme(other)}
      aria-label={`Switch to ${other} colours`}
    >
      <Icon name={other === "dark" ? "moon" : "sun"} />
    </button>
  );
}
