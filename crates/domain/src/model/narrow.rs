//! Asks for one thing more of a filter that asks for others already.

use super::{Choice, EventKind, HistoryFilter, Origin, Target};

impl<T: PartialEq + Clone> Choice<T> {
    /// Asks for `value` as well: for nothing, where something else is asked for already.
    pub fn narrow(&mut self, value: T) {
        if !self.admits(&value) {
            self.none_of.push(value.clone());
        }
        self.any_of = vec![value];
    }
}

impl HistoryFilter {
    /// Asks for events of this kind as well.
    pub fn narrow_kind(&mut self, kind: EventKind) {
        if self.kind.is_some_and(|asked| asked != kind) {
            // No event is of two kinds.
            self.origins = Choice { any_of: vec![Origin::Manual], none_of: vec![Origin::Manual] };
        }
        self.kind = Some(kind);
    }

    /// Asks for `target` as well: for the smaller one where one lies in the other, for nothing where they are apart.
    pub fn narrow_target(&mut self, target: Target) {
        let asked = std::mem::take(&mut self.targets.any_of);
        if asked.is_empty() {
            self.targets.any_of.push(target);
            return;
        }
        let smaller =
            |other: &Target| if other.as_net().contains(&target.as_net()) { target } else { *other };
        let both: Vec<Target> = asked.iter().filter(|other| other.overlaps(&target)).map(smaller).collect();
        if both.is_empty() {
            self.targets.any_of = vec![target];
            self.targets.none_of.push(target);
        } else {
            self.targets.any_of = both;
        }
    }
}
