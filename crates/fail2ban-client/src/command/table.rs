//! The macro by which a file of commands is written: one entry makes the function in [`command`](crate::command),
//! the methods of both clients, and the line in the catalogue, so that none can be without the others.

/// The elements of a request: `args!["set", jail, "banip"; ids]`. What stands behind the semicolon is a list of more.
macro_rules! args {
    [$($word:expr),+ $(; $rest:expr)?] => {{
        let fixed = [$($crate::codec::Arg::from($word)),+];
        fixed.into_iter()$(.chain($rest.iter().map($crate::codec::Arg::from)))?.collect::<Vec<_>>()
    }};
}

/// Commands of one area. An entry is:
///
/// ```text
/// /// Documentation, for the function and both methods.
/// read("get JAIL maxretry") fn max_retry(jail: &JailName) -> u64 = ["get", jail, "maxretry"], fields::count;
/// ```
///
/// The first word says what it does to the server: `read`; `set`, which may be repeated; `change`; `act`, which
/// changes and runs actions or joins threads. Behind the syntax may stand `, since V1_1`, and `; jails`, the name of the
/// method that both clients have instead of one that sends just this. `COMMANDS` lists the entries.
macro_rules! commands {
    ($area:ident; $(
        $(#[$doc:meta])*
        $kind:ident($syntax:literal $(, since $since:ident)? $(; $instead:ident)?)
        fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $reply:ty
        = [$($word:expr),+ $(; $rest:expr)?], $parse:expr;
    )*) => {
        /// The commands of this file.
        pub(in crate::command) const COMMANDS: &[$crate::command::Info] = &[$(
            $crate::command::Info {
                area: $crate::command::Area::$area,
                syntax: $syntax,
                function: stringify!($name),
                method: commands!(@method $name $($instead)?),
                since: commands!(@since $($since)?),
            },
        )*];
        $(
            $(#[$doc])*
            #[doc = ""]
            #[doc = concat!("On the wire: `", $syntax, "`.", commands!(@note $($since)?))]
            pub fn $name($($arg: $type),*) -> $crate::command::Command<$reply> {
                const INFO: &$crate::command::Info = &$crate::command::Info {
                    area: $crate::command::Area::$area,
                    syntax: $syntax,
                    function: stringify!($name),
                    method: commands!(@method $name $($instead)?),
                    since: commands!(@since $($since)?),
                };
                $crate::command::Command {
                    args: args![$($word),+ $(; $rest)?],
                    info: Some(INFO),
                    effect: commands!(@effect $kind),
                    patience: commands!(@patience $kind),
                    parse: $parse,
                }
            }
        )*
        #[cfg(feature = "client")]
        #[doc = concat!("Commands: ", stringify!($area), ".")]
        impl $crate::Client {
            $(commands! { @async $(instead $instead)?
                $(#[$doc])*
                #[doc = ""]
                #[doc = concat!("On the wire: `", $syntax, "`.", commands!(@note $($since)?))]
                #[doc = ""]
                #[doc = "# Errors"]
                #[doc = concat!("As [`Client::run`](crate::Client::run)", commands!(@error $($since)?), ".")]
                $name($($arg: $type),*) -> $reply
            })*
        }
        #[cfg(feature = "blocking")]
        #[doc = concat!("Commands: ", stringify!($area), ".")]
        impl $crate::blocking::Client {
            $(commands! { @blocking $(instead $instead)?
                $(#[$doc])*
                #[doc = ""]
                #[doc = concat!("On the wire: `", $syntax, "`.", commands!(@note $($since)?))]
                #[doc = ""]
                #[doc = "# Errors"]
                #[doc = concat!("As [`Client::run`](crate::Client::run)", commands!(@error $($since)?), ".")]
                $name($($arg: $type),*) -> $reply
            })*
        }
    };

    (@async instead $($rest:tt)*) => {};
    (@async $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $reply:ty) => {
        $(#[$doc])*
        pub async fn $name(&self, $($arg: $type),*) -> Result<$reply, $crate::Error> {
            self.run(&$name($($arg),*)).await
        }
    };
    (@blocking instead $($rest:tt)*) => {};
    (@blocking $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $reply:ty) => {
        $(#[$doc])*
        pub fn $name(&self, $($arg: $type),*) -> Result<$reply, $crate::Error> {
            self.run(&$name($($arg),*))
        }
    };

    (@method $name:ident $instead:ident) => { stringify!($instead) };
    (@method $name:ident) => { stringify!($name) };
    (@since $since:ident) => { $crate::command::Since::$since };
    (@since) => { $crate::command::Since::V0_11_2 };
    (@note V1_0) => { " From fail2ban 1.0 on." };
    (@note V1_1) => { " From fail2ban 1.1.0 on." };
    (@note V1_1_1) => { " From fail2ban 1.1.1 on." };
    (@note) => { "" };
    (@error $since:ident) => { "; [`Error::Unsupported`](crate::Error::Unsupported) where the server is older" };
    (@error) => { "" };
    (@effect read) => { $crate::command::Effect::Read };
    (@effect set) => { $crate::command::Effect::Idempotent };
    (@effect change) => { $crate::command::Effect::Change };
    (@effect act) => { $crate::command::Effect::Change };
    (@patience act) => { $crate::command::Patience::Actions };
    (@patience $kind:ident) => { $crate::command::Patience::Ordinary };
}
