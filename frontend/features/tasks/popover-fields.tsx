import { type ComponentType, useEffect, useRef } from "react";

import { DueFields as Due } from "./due-fields";
import { FilterFields as Filters } from "./filter-fields";
import { PrioritySelect as Priority } from "./priority-select";
import { TagsInput as Tags } from "./tags-input";

/** The fields of the popovers above the list. Their code is not part of the page's first load. */
export const DueFields = focused(Due);
export const FilterFields = focused(Filters);
export const PrioritySelect = focused(Priority);
export const TagsInput = focused(Tags);

/** Gives the first field the focus of the window, which may be there before it. */
function focused<Props extends object>(Fields: ComponentType<Props>): ComponentType<Props> {
  return function Focused(props) {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
      const inWindow = document.activeElement?.contains(box.current);
      if (inWindow) box.current?.querySelector<HTMLElement>("button, input, select")?.focus();
    }, []);
    return (
      <div ref={box}>
        <Fields {...props} />
      </div>
    );
  };
}
