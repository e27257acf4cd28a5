// Bootstrap is written for left-to-right: its physical properties are mirrored in the right-to-left bundle only.
// Our own styles use logical properties, which the mirror leaves alone.
import postcss from "postcss";
import rtlcss from "rtlcss";

export function mirrorRightToLeft() {
  return {
    postcssPlugin: "mirror-right-to-left",
    OnceExit(root, { result }) {
      if (!result.opts.from?.includes(".rtl.scss")) return;
      const mirrored = postcss([rtlcss()]).process(root.toString(), { from: result.opts.from }).root;
      root.removeAll();
      root.append(mirrored.nodes);
    },
  };
}
mirrorRightToLeft.postcss = true;
