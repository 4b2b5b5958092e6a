//! What an expression comes to.

use crate::rules::own::fields::{Kind, Type};

/// What an expression comes to, as far as the model view tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ty {
    Flag,
    Number,
    Text,
    Words(Vec<String>),
    /// A thing with its attributes.
    Thing(Option<Kind>),
    /// The name of a thing; its attributes can be asked for all the same.
    Name(Option<Kind>),
    List(Box<Ty>),
    Labels,
    Any,
}

impl Ty {
    pub(super) fn of(ty: Type) -> Ty {
        match ty {
            Type::Text | Type::Release => Ty::Text,
            Type::Number | Type::Duration | Type::Availability => Ty::Number,
            Type::Flag => Ty::Flag,
            Type::Words(words) => Ty::Words(words()),
            Type::Texts => Ty::List(Box::new(Ty::Text)),
            Type::Ref(kind) => Ty::Name(kind),
            Type::Refs(kind) => Ty::List(Box::new(Ty::Name(kind))),
            Type::Labels => Ty::Labels,
        }
    }

    pub(super) fn noun(&self) -> &'static str {
        match self {
            Ty::Flag => "true or false",
            Ty::Number => "a number",
            Ty::Text | Ty::Words(_) => "a text",
            Ty::Thing(_) => "a thing",
            Ty::Name(_) => "a name",
            Ty::List(_) => "a list",
            Ty::Labels => "the labels",
            Ty::Any => "not known",
        }
    }

    /// Whether values of both can be equal at all.
    pub(super) fn meets(&self, other: &Ty) -> bool {
        let text = |ty: &Ty| matches!(ty, Ty::Text | Ty::Words(_) | Ty::Name(_));
        match (self, other) {
            (Ty::Any, _) | (_, Ty::Any) => true,
            (Ty::List(one), Ty::List(other)) => one.meets(other),
            (one, other) if text(one) && text(other) => true,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    /// The type of either.
    pub(super) fn join(self, other: Ty) -> Ty {
        match (self, other) {
            (Ty::List(one), Ty::List(other)) => Ty::List(Box::new(one.join(*other))),
            (Ty::Any, ty) | (ty, Ty::Any) => ty,
            (one, other) if one == other => one,
            (Ty::Thing(_), Ty::Thing(_)) => Ty::Thing(None),
            (Ty::Name(_), Ty::Name(_)) => Ty::Name(None),
            (one, other) if one.meets(&other) => Ty::Text,
            _ => Ty::Any,
        }
    }

    /// Looking at it costs the same whatever it holds.
    pub(super) fn is_small(&self) -> bool {
        matches!(self, Ty::Flag | Ty::Number | Ty::Words(_))
    }
}

#[cfg(test)]
mod tests {
    use super::Ty;

    #[test]
    fn words_and_texts_are_texts_and_what_is_mixed_is_anything() {
        let words = || Ty::Words(vec!["x".to_owned()]);
        let list = |item: Ty| Ty::List(Box::new(item));
        assert_eq!(words().join(Ty::Text), Ty::Text);
        assert_eq!(words().join(words()), words());
        assert_eq!(Ty::Number.join(Ty::Any), Ty::Number);
        assert_eq!(Ty::Number.join(Ty::Text), Ty::Any);
        assert_eq!(list(Ty::Flag).join(list(Ty::Number)), list(Ty::Any));
    }
}
