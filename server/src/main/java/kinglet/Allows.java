// SPDX-License-Identifier: Apache-2.0
package kinglet;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The wall of a room: what its classes may import besides the JDK, SLF4J and annotations.
///
/// Stands on every `package-info`; `ArchitectureTest` compares it with the imports.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PACKAGE)
public @interface Allows {
  /// Rooms this room may use, by package name below `kinglet`.
  String[] rooms() default {};

  /// Library package prefixes this room may use.
  String[] libraries() default {};
}
