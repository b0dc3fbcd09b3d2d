import { Button, createTheme, Menu, Modal, Select, TextInput, Tooltip } from "@mantine/core";

export const theme = createTheme({
  respectReducedMotion: true,
  primaryColor: "blue",
  fontFamily: "var(--font-text)",
  fontFamilyMonospace: "var(--font-mono)",
  defaultRadius: "sm",
  cursorType: "pointer",
  components: {
    Button: Button.extend({ defaultProps: { size: "xs", variant: "default" } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end" } }),
    // Locking the page's scroll would put a style tag into it, which its policy forbids.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
    Select: Select.extend({ defaultProps: { size: "xs" } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, fz: "xs" } }),
  },
});
